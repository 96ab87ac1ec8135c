"""The signed-in interface: other systems bring registrations and events, and take out lists, stories and changes."""
