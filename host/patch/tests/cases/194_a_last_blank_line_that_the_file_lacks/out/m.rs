fn a() {
    two();
}
