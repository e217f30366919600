def a(x):
    check(x)
    if x is None:
        return None


def b(x):
    check(x)
    if x is None:
        raise ValueError("x")
