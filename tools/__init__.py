"""What is needed to look after the project and is not part of the product."""
