package frameworks

import (
	"embed"
	"fmt"
	"strings"
)

//go:embed lists
var lists embed.FS

// Framework is a list of the controls of a framework that concern data protection.
type Framework struct {
	ID       string    `json:"id"`
	Title    string    `json:"title"`
	Source   string    `json:"source"`
	Controls []Control `json:"-"`
}

// Control is one requirement, its title in our own words.
type Control struct {
	ID    string `json:"id"`
	Title string `json:"title"`
}

// IDs are the frameworks that there are, as rules name them.
func IDs() []string {
	return []string{"pci-dss-4.0.1", "hipaa", "cis-3.0", "cis-5.0", "nist-800-53-r5", "fsbp"}
}

// Read reads the list of a framework.
func Read(id string) (*Framework, error) {
	text, err := lists.ReadFile("lists/" + id + ".txt")
	if err != nil {
		return nil, fmt.Errorf("%q is not one of the frameworks %s", id, strings.Join(IDs(), ", "))
	}
	f := &Framework{ID: id}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSuffix(line, "\n")
		if title, ok := strings.CutPrefix(line, "title: "); ok {
			f.Title = title
		} else if source, ok := strings.CutPrefix(line, "source: "); ok {
			f.Source = source
		} else {
			control, title, _ := strings.Cut(line, "\t")
			f.Controls = append(f.Controls, Control{control, title})
		}
	}
	return f, nil
}
