mod m {
    fn f() {
        if x {
            a();
        }
    }
}
