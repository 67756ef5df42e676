"""Quantities of Kubernetes, such as 500m or 2Gi, as numbers."""

UNITS = {"m": 1e-3, "": 1, "K": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40}


def number(quantity: str | int | float) -> float:
    text = str(quantity)
    digits = text.rstrip("mKMGTi")
    return float(digits) * UNITS[text[len(digits):]]
