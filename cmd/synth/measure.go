package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"text/tabwriter"
	"time"
)

// command is a process to measure.
type command struct {
	name string
	args []string
	out  string // file for its stdout, "" to drop it
	exit int    // the exit code that is right besides 0
}

// sample is what one run of a process took.
type sample struct {
	wall, cpu time.Duration
	memory    int64 // at its peak, in bytes
}

// measure runs the command once.
func (c command) measure(ctx context.Context) (sample, error) {
	run := exec.CommandContext(ctx, c.args[0], c.args[1:]...)
	var complaint bytes.Buffer
	run.Stderr = &complaint
	if c.out != "" {
		file, err := os.Create(c.out)
		if err != nil {
			return sample{}, err
		}
		defer file.Close() //nolint:errcheck // what was written is read back and compared
		run.Stdout = file
	}
	began := time.Now()
	err := run.Run()
	wall := time.Since(began)
	if run.ProcessState == nil || err != nil && run.ProcessState.ExitCode() != c.exit {
		return sample{}, fmt.Errorf("%s: %w\n%s", strings.Join(c.args, " "), err, tail(&complaint))
	}
	s := sample{wall: wall, cpu: run.ProcessState.UserTime() + run.ProcessState.SystemTime()}
	if usage, ok := run.ProcessState.SysUsage().(*syscall.Rusage); ok {
		s.memory = usage.Maxrss * 1024 // kilobytes on Linux
	}
	return s, nil
}

func tail(b *bytes.Buffer) string {
	const enough = 2000
	text := b.String()
	return text[max(0, len(text)-enough):]
}

// samples are those of one command.
type samples []sample

// takeTurns runs the commands one after the other, again and again, so that what
// else the machine does meets all of them.
func (b *bench) takeTurns(ctx context.Context, commands []command, turns int) ([]samples, error) {
	measured := make([]samples, len(commands))
	for range turns {
		for i, c := range commands {
			s, err := c.measure(ctx)
			if err != nil {
				return nil, err
			}
			measured[i] = append(measured[i], s)
		}
	}
	return measured, nil
}

// of gives the sorted values of one figure, in seconds or bytes.
func (s samples) of(figure func(sample) float64) []float64 {
	values := make([]float64, 0, len(s))
	for _, one := range s {
		values = append(values, figure(one))
	}
	slices.Sort(values)
	return values
}

func median(sorted []float64) float64 {
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

func (s samples) memory() int64 { return int64(median(s.of(peakOf))) }

func wallOf(s sample) float64 { return s.wall.Seconds() }
func cpuOf(s sample) float64  { return s.cpu.Seconds() }
func peakOf(s sample) float64 { return float64(s.memory) }

// table prints medians with their spread, and ratios to the first command.
func (b *bench) table(commands []command, measured []samples) {
	w := tabwriter.NewWriter(b.stdout, 0, 0, 2, ' ', 0)
	line := func(cells ...string) { _, _ = io.WriteString(w, strings.Join(cells, "\t")+"\n") }
	line("", "wall s", "from–to", "cpu s", "peak MB", "wall ×", "cpu ×", "peak ×")
	first := [3]float64{}
	for i, c := range commands {
		wall := measured[i].of(wallOf)
		figures := [3]float64{median(wall), median(measured[i].of(cpuOf)), median(measured[i].of(peakOf))}
		if i == 0 {
			first = figures
		}
		cells := []string{
			c.name, fmt.Sprintf("%.3f", figures[0]), fmt.Sprintf("%.3f–%.3f", wall[0], wall[len(wall)-1]),
			fmt.Sprintf("%.3f", figures[1]), fmt.Sprintf("%.0f", figures[2]/1e6),
		}
		for j := range figures {
			cells = append(cells, fmt.Sprintf("%.2f", figures[j]/first[j]))
		}
		line(cells...)
	}
	_ = w.Flush()
}
