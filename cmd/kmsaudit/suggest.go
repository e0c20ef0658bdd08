package main

import (
	"slices"
	"strings"
)

// didYouMean is "; did you mean X?" where one of the known words is close to the
// one given, and nothing otherwise.
func didYouMean(given string, known []string) string {
	best, least := "", min(3, max(1, len(given)/3))+1
	for _, word := range slices.Sorted(slices.Values(known)) {
		if d := distance(strings.ToLower(given), strings.ToLower(word), least); d < least {
			best, least = word, d
		}
	}
	if best == "" || best == given {
		return ""
	}
	return "; did you mean " + best + "?"
}

// distance is the number of letters to insert, remove, replace or swap with their
// neighbour that make b of a, or at least limit.
func distance(a, b string, limit int) int {
	if d := len(a) - len(b); d >= limit || -d >= limit {
		return limit
	}
	var before, last []int
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before, last, row = last, row, make([]int, len(b)+1)
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(row[j]+1, last[j+1]+1, last[j]+cost)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
	}
	return row[len(b)]
}
