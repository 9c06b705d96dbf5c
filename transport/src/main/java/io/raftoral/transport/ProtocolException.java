package io.raftoral.transport;

import io.raftoral.proto.v1.CloseCode;

/** What came on a connection breaks the protocol: the connection ends, with a code and a reason for both sides. */
final class ProtocolException extends Exception {
  private static final long serialVersionUID = 1L;

  private final CloseCode code;

  ProtocolException(CloseCode code, String reason) {
    super(reason);
    this.code = code;
  }

  static ProtocolException malformed(String reason) {
    return new ProtocolException(CloseCode.CLOSE_CODE_MALFORMED, reason);
  }

  CloseCode code() {
    return code;
  }

  String reason() {
    return String.valueOf(getMessage());
  }
}
