"""The same models as the engine's, written for clarity on PyTorch in float64."""
