"""The modelled potential: plans side by side, and what pools, ring-fences and cuts do to it."""
