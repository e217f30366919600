package a

func f() {
	if x {
		foo()
		if y {
			baz()
		}
		bar()
	}
}
