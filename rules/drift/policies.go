package drift

import (
	"strconv"

	"github.com/kmsaudit/kmsaudit/collector/policy"
)

// statements are those of a document that say something that the other document
// does not, by name.
func statements(doc, other *policy.Document) []string {
	if doc == nil {
		return nil
	}
	said := map[string]bool{}
	if other != nil {
		for _, s := range other.Statements {
			for _, atom := range s.Atoms() {
				said[atom] = true
			}
		}
	}
	var list []string
	for i, s := range doc.Statements {
		for _, atom := range s.Atoms() {
			if !said[atom] {
				list = append(list, nameOf(i, s.Sid))
				break
			}
		}
	}
	return list
}

func nameOf(i int, sid string) string {
	name := "statement " + strconv.Itoa(i+1)
	if sid != "" {
		name += " (" + sid + ")"
	}
	return name
}
