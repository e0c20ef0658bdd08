package awsfake

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/aws/smithy-go/encoding/cbor"
)

// understandCBOR reads a request of the protocol RPC v2 CBOR, which CloudWatch
// speaks.
func (r *request) understandCBOR(h *http.Request, text []byte) error {
	operation, ok := strings.CutPrefix(h.URL.Path, "/service/GraniteServiceVersion20100801/operation/")
	if !ok || h.Header.Get("Smithy-Protocol") != "rpc-v2-cbor" {
		return fmt.Errorf("%s %s is not CBOR's form", h.Method, h.URL.Path)
	}
	r.Operation, r.body = operation, map[string]any{}
	if len(text) == 0 {
		return nil
	}
	value, err := cbor.Decode(text)
	if err != nil {
		return fmt.Errorf("decode the request: %w", err)
	}
	members, ok := value.(cbor.Map)
	if !ok {
		return fmt.Errorf("the request is a %T", value)
	}
	for name, member := range members {
		switch member := member.(type) {
		case cbor.String:
			r.body[name] = string(member)
		case cbor.Uint:
			r.body[name] = float64(member)
		}
	}
	return nil
}

func cborReply(value map[string]any) reply {
	return reply{
		status: http.StatusOK, header: http.Header{"Content-Type": {"application/cbor"}, "Smithy-Protocol": {"rpc-v2-cbor"}},
		body: cbor.Encode(cborOf(value)),
	}
}

func cborOf(value any) cbor.Value {
	switch value := value.(type) {
	case string:
		return cbor.String(value)
	case bool:
		return cbor.Bool(value)
	case []any:
		list := cbor.List{}
		for _, element := range value {
			list = append(list, cborOf(element))
		}
		return list
	case map[string]any:
		members := cbor.Map{}
		for name, member := range value {
			members[name] = cborOf(member)
		}
		return members
	}
	panic(fmt.Sprintf("awsfake: no CBOR for a %T", value)) // values are made here
}
