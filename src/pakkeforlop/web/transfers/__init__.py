"""Pages of transfers: what is on its way to and from one's units, sending, and the receiver's answer."""
