import os

def alpha():
    a = 1
    return a

def beta():
    b = 20
    return b

def gamma():
    c = 3
    return c
