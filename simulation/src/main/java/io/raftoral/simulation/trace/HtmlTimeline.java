package io.raftoral.simulation.trace;

import io.raftoral.raft.message.Message;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A trace as one page without scripts or references: nodes are columns, time runs down, a message is an arrow from where
 * it left to where it arrived, faults are bars across, and the violation is marked.
 */
public final class HtmlTimeline {
  private static final int ROW = 18;
  private static final int TOP = 40;
  private static final int LEFT = 110;
  private static final int COLUMN = 260;
  private static final int LISTED = 60;

  private final int nodes;
  private final StringBuilder lines = new StringBuilder();
  private final StringBuilder arrows = new StringBuilder();
  private final IdentityHashMap<Object, Integer> sentAt = new IdentityHashMap<>();
  private final List<String> worthReading = new ArrayList<>();
  private final Map<Integer, Integer> leadsFrom = new HashMap<>();

  private HtmlTimeline(int nodes) {
    this.nodes = nodes;
  }

  /** The page. */
  public static String render(String title, String violation, List<TraceLine> trace, int nodes) {
    return new HtmlTimeline(nodes).page(title, violation, trace);
  }

  private String page(String title, String violation, List<TraceLine> trace) {
    int row = 0;
    for (TraceLine line : trace) {
      int y = TOP + ROW * row++;
      row(line, y);
      leadership(line, y);
      remember(line, y);
    }
    for (int node = 1; node <= nodes; node++) {
      endLeadership(node, TOP + ROW * row);
    }
    int height = TOP + ROW * (row + 1);
    int width = LEFT + COLUMN * nodes + 40;
    StringBuilder page = new StringBuilder();
    page.append("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>").append(escape(title));
    page.append("</title><style>body{font:13px system-ui,sans-serif;margin:16px;color:#222}pre{background:#fdecea;")
        .append("padding:8px;border-left:4px solid #c62828;white-space:pre-wrap}svg text{font:11px ui-monospace,monospace}")
        .append(".t{fill:#888}.m{fill:#456}.c{fill:#777}.r{fill:#1b5e20;font-weight:bold}.p{fill:#b71c1c;font-weight:bold}")
        .append(".f{fill:#e65100;font-weight:bold}.v{fill:#fff;font-weight:bold}</style></head><body><h1>");
    page.append(escape(title)).append("</h1><pre>").append(escape(violation)).append("</pre>");
    page.append("<p>Columns are nodes, time runs down (rows are events, not to scale). Arrows are messages that arrived; ")
        .append("a message without an arrow was lost or is still under way. A green bar is a leader's time. ")
        .append("The violation is at the end.</p>");
    page.append("<h2>What happened</h2><ol>").append(events()).append("</ol><h2>Time line</h2>");
    page.append("<svg width=\"").append(width).append("\" height=\"").append(height).append("\">");
    page.append("<defs><marker id=\"a\" markerWidth=\"7\" markerHeight=\"7\" refX=\"6\" refY=\"3\" orient=\"auto\">")
        .append("<path d=\"M0,0 L6,3 L0,6 z\" fill=\"#90a4ae\"/></marker></defs>");
    for (int node = 1; node <= nodes; node++) {
      int x = x(node);
      page.append("<text x=\"").append(x).append("\" y=\"18\" class=\"r\">node ").append(node).append("</text><line x1=\"")
          .append(x).append("\" y1=\"26\" x2=\"").append(x).append("\" y2=\"").append(height)
          .append("\" stroke=\"#cfd8dc\"/>");
    }
    return page.append(arrows).append(lines).append("</svg></body></html>\n").toString();
  }

  /** What is worth reading first: faults, processes, roles and the violation, the last of them, each with its place. */
  private String events() {
    StringBuilder list = new StringBuilder();
    List<String> shown = worthReading.subList(Math.max(0, worthReading.size() - LISTED), worthReading.size());
    shown.forEach(list::append);
    return list.toString();
  }

  private void remember(TraceLine line, int y) {
    switch (line.kind()) {
      case FAULT, PROCESS, ROLE, SNAPSHOT, VIOLATION -> {
        lines.append("<a id=\"y").append(y).append("\"/>");
        String where = line.node() == 0 ? "" : "node " + line.node() + ": ";
        worthReading.add(
            String.format(Locale.ROOT, "<li><a href=\"#y%d\">%.3f ms</a> %s</li>", y, line.atNanos() / 1e6,
                escape(where + line.subject())));
      }
      case SEND, RECEIVE, DROP, DURABLE, APPLY, CLIENT, WORKFLOW -> {}
    }
  }

  private void leadership(TraceLine line, int y) {
    boolean role = line.kind() == TraceLine.Kind.ROLE;
    if (role || line.kind() == TraceLine.Kind.PROCESS) {
      endLeadership(line.node(), y);
      if (role && String.valueOf(line.subject()).contains("leads term")) {
        leadsFrom.put(line.node(), y);
      }
    }
  }

  private void endLeadership(int node, int y) {
    Integer from = leadsFrom.remove(node);
    if (from != null) {
      arrows.append("<rect x=\"").append(x(node) - 5).append("\" y=\"").append(from - 10).append("\" width=\"4\" height=\"")
          .append(y - from).append("\" fill=\"#66bb6a\"/>");
    }
  }

  private static int x(int node) {
    return LEFT + COLUMN * (node - 1);
  }

  private void row(TraceLine line, int y) {
    text(4, y, "t", String.format(Locale.ROOT, "%.3f ms", line.atNanos() / 1e6));
    Object subject = line.subject();
    String text = subject instanceof Message message ? Describe.message(message) : String.valueOf(subject);
    int x = line.node() == 0 ? LEFT : x(line.node());
    switch (line.kind()) {
      case SEND -> {
        if (subject != null) {
          sentAt.put(subject, y);
        }
        text(x + 6, y, "m", "→ " + line.peer() + " " + text);
      }
      case RECEIVE -> {
        Integer from = subject == null ? null : sentAt.get(subject);
        if (from != null) {
          arrow(x(line.peer()), from - 4, x(line.node()), y - 4);
        }
        text(x + 6, y, "m", "← " + line.peer() + " " + text);
      }
      case DROP -> text(x + 6, y, "c", "✗ " + line.peer() + " " + text);
      case ROLE -> text(x + 6, y, "r", text);
      case DURABLE, APPLY, SNAPSHOT, WORKFLOW -> text(x + 6, y, "m", text);
      case CLIENT -> text(x + 6, y, "c", text);
      case FAULT -> bar(y, "#fff3e0", "f", text);
      case PROCESS -> text(x + 6, y, "p", text);
      case VIOLATION -> bar(y, "#c62828", "v", "violation on " + (line.node() == 0 ? "the cluster" : "node " + line.node()) + ": " + text);
    }
  }

  private void bar(int y, String colour, String style, String text) {
    lines.append("<rect x=\"").append(LEFT - 6).append("\" y=\"").append(y - 13).append("\" width=\"").append(COLUMN * nodes)
        .append("\" height=\"16\" fill=\"").append(colour).append("\"/>");
    text(LEFT, y, style, text);
  }

  private void text(int x, int y, String style, String text) {
    lines.append("<text x=\"").append(x).append("\" y=\"").append(y).append("\" class=\"").append(style).append("\">")
        .append(escape(text)).append("</text>");
  }

  private void arrow(int fromX, int fromY, int toX, int toY) {
    arrows.append("<line x1=\"").append(fromX).append("\" y1=\"").append(fromY).append("\" x2=\"").append(toX)
        .append("\" y2=\"").append(toY).append("\" stroke=\"#90a4ae\" marker-end=\"url(#a)\"/>");
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
