"""Other engines: in, what a batch or a DataFrame holds; out, the same, read by the workers of a cluster."""
