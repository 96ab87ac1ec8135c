"""Figures to leaves: the smallest whole numbers of pathways and new patients that give published figures exactly."""
