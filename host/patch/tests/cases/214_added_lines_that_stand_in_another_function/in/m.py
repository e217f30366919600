def a(x):
    if x is None:
        return None
    return x + 1


def b(y):
    if y is None:
        raise ValueError("y")
    return y + 2
