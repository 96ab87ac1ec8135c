"""The frame of every page: head, navigation, signs and fields that all families share."""
