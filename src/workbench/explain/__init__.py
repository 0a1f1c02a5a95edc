"""Explanations: what a model's risks are made of, exactly additive or refused."""
