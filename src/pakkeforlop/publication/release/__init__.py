"""A release: figures that have passed disclosure control, frozen in a folder with what they rest on."""
