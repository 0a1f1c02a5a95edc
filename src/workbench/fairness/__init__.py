"""Fairness: whether anyone's scores serve each group of patients alike, with honest intervals."""
