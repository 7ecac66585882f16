"""banjia.yaml: who calls, for what, over which routes."""
