"""The public pages: what each says and draws, from released figures alone. No framework, no store, no patient."""
