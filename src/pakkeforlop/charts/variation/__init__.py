"""How much figures vary by themselves: control limits over time, funnel limits between hospitals."""
