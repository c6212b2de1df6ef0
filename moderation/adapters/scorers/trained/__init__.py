"""Trained scorers: what numbers learnt from labelled comments say about a new one."""
