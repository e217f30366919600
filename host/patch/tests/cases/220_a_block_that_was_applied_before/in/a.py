@decorated
def f():
    pass
