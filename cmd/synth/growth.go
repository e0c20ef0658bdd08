package main

import "math"

// grown is what kmsaudit check took for a snapshot of so many bytes.
type grown struct{ bytes, wall, cpu, memory float64 }

// exponent is x in took ~ bytes^x between two sizes: 1 is linear.
func (g grown) exponent(from grown, figure func(grown) float64) float64 {
	return math.Log(figure(g)/figure(from)) / math.Log(g.bytes/from.bytes)
}

func (b *bench) printGrowth(sizes []grown) {
	if len(sizes) < 2 {
		return
	}
	b.printf("\nkmsaudit check grows with the bytes of the snapshot to the power of\n")
	for i := 1; i < len(sizes); i++ {
		from, to := sizes[i-1], sizes[i]
		b.printf("  from %.1f to %.1f MB: wall %.2f, cpu %.2f, memory %.2f\n", from.bytes/1e6, to.bytes/1e6,
			to.exponent(from, func(g grown) float64 { return g.wall }),
			to.exponent(from, func(g grown) float64 { return g.cpu }),
			to.exponent(from, func(g grown) float64 { return g.memory }))
	}
}
