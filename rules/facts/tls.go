package facts

import "slices"

// TLSFloor is the oldest version of TLS that the bucket policy, with the
// organization's resource control policies where they are known, lets through.
type TLSFloor struct {
	Place string `json:"place"`
	// Floor is the version below which everything is denied, none where nothing is.
	Floor string `json:"floor" enum:"none,1.1,1.2,1.3"`
	// Open are requests that are not denied over TLS 1.1, where others are.
	Open []string `json:"open"`
}

// tlsFloor asks for each version of TLS whether requests over it are denied.
func (p *probe) tlsFloor(at string, reason *Unread) (*TLSFloor, *Unread) {
	if reason != nil {
		return nil, reason
	}
	fact := &TLSFloor{Place: at, Floor: "none"}
	if p.silent || !slices.Contains(p.keys, "s3:tlsversion") {
		return fact, nil
	}
	over := func(version string) []string { return p.open(transport{tls: version}) }
	for _, version := range [...]struct{ tried, floor string }{{"1.0", "1.1"}, {"1.1", "1.2"}, {"1.2", "1.3"}} {
		if len(over(version.tried)) > 0 {
			break
		}
		fact.Floor = version.floor
	}
	if fact.Floor == "none" || fact.Floor == "1.1" {
		if open := over("1.1"); len(open) < len(over("1.3")) {
			fact.Open = open
		}
	}
	return fact, nil
}
