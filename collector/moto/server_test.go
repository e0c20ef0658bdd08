package moto

import (
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
)

// server returns the address of a moto server: the one of KMSAUDIT_MOTO, or one
// that is started from KMSAUDIT_MOTO_SERVER or from the path.
func server(t *testing.T) string {
	t.Helper()
	if url := os.Getenv("KMSAUDIT_MOTO"); url != "" {
		host, _, _ := strings.Cut(strings.TrimPrefix(url, "http://"), "/")
		if name, _, err := net.SplitHostPort(host); err != nil || !net.ParseIP(name).IsLoopback() {
			t.Fatalf("KMSAUDIT_MOTO is %q: only a moto on a loopback address is used", url)
		}
		return strings.TrimSuffix(url, "/")
	}
	program := os.Getenv("KMSAUDIT_MOTO_SERVER")
	if program == "" {
		var err error
		if program, err = exec.LookPath("moto_server"); err != nil {
			t.Skip("there is no moto: set KMSAUDIT_MOTO to the address of a running moto_server, " +
				"or KMSAUDIT_MOTO_SERVER to its program (pip install -r .ci/moto/requirements.txt)")
		}
	}
	return start(t, program)
}

func start(t *testing.T, program string) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	command := exec.CommandContext(ctx, program, "-H", "127.0.0.1", "-p", port)
	command.Env = append(os.Environ(), "MOTO_IAM_LOAD_MANAGED_POLICIES=true", "AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test",
		"AWS_REGION=us-east-1", "AWS_EC2_METADATA_DISABLED=true", "AWS_CONFIG_FILE=/dev/null", "AWS_SHARED_CREDENTIALS_FILE=/dev/null")
	var output strings.Builder
	command.Stdout, command.Stderr = &output, &output
	if err := command.Start(); err != nil {
		cancel()
		t.Fatalf("start moto: %v", err)
	}
	t.Cleanup(func() {
		cancel()
		_ = command.Wait() // it was killed
		if t.Failed() {
			t.Logf("moto said:\n%s", output.String())
		}
	})
	address := "http://127.0.0.1:" + port
	for range 240 { // starting takes seconds
		if answer, err := http.Get(address + "/moto-api/"); err == nil {
			_ = answer.Body.Close()
			return address
		}
		time.Sleep(250 * time.Millisecond)
	}
	t.Fatal("moto did not start within a minute")
	return ""
}

// config is made by hand, so that nothing of the machine's configuration gets in.
func config(address string) aws.Config {
	return aws.Config{
		Region:       "us-east-1",
		Credentials:  credentials.NewStaticCredentialsProvider("test", "test", ""),
		BaseEndpoint: &address,
		HTTPClient:   &http.Client{Transport: unimplemented{}},
	}
}

// unimplemented makes a refusal of the page with which moto answers when it lacks
// an operation: the collector would try that again and again.
type unimplemented struct{}

const notImplemented = "NotImplementedByMoto"

func (unimplemented) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := http.DefaultTransport.RoundTrip(r)
	if err != nil || response.StatusCode != http.StatusInternalServerError {
		return response, err
	}
	_ = response.Body.Close()
	body := `{"__type":"` + notImplemented + `"}`
	response.StatusCode, response.Body, response.ContentLength = http.StatusBadRequest, io.NopCloser(strings.NewReader(body)), int64(len(body))
	response.Header.Set("X-Amzn-Errortype", notImplemented)
	response.Header.Del("Content-Length")
	return response, nil
}

func reset(t *testing.T, address string) {
	t.Helper()
	answer, err := http.Post(address+"/moto-api/reset", "", nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
}
