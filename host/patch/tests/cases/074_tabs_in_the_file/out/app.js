import a;

function one() {
	let x = 1;
	return x;
}

function two() {
	return 2;
}
