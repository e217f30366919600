f('b'); // don't
g();
