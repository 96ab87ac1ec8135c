"""Episodes become work: worklist, tasks, meetings."""
