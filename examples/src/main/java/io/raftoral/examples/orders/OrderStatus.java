package io.raftoral.examples.orders;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Where an order stands. */
public enum OrderStatus {
  @JsonProperty("new")
  NEW,
  @JsonProperty("reserved")
  RESERVED,
  @JsonProperty("paid")
  PAID,
  @JsonProperty("shipped")
  SHIPPED,
  @JsonProperty("cancelled")
  CANCELLED;

  /** As it is written in files and tables. */
  public String label() {
    return switch (this) {
      case NEW -> "new";
      case RESERVED -> "reserved";
      case PAID -> "paid";
      case SHIPPED -> "shipped";
      case CANCELLED -> "cancelled";
    };
  }
}
