package io.raftoral.workflow.lint;

import io.raftoral.workflow.ConfigurationException;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What findings do.
 *
 * @param severities by rule; all of them
 */
public record LintPolicy(Map<Rule, Severity> severities) {
  /** Every rule as the table has it. */
  public static final LintPolicy DEFAULT = new LintPolicy(Map.of());

  /** Nothing is looked for. */
  public static final LintPolicy NONE = DEFAULT.withAll(Severity.OFF);

  /** Completes and copies. */
  public LintPolicy {
    EnumMap<Rule, Severity> all = new EnumMap<>(Rule.class);
    for (Rule rule : Rule.values()) {
      Severity given = severities.get(rule);
      all.put(rule, given == null ? rule.severity() : given);
    }
    severities = Collections.unmodifiableMap(all);
  }

  /** What a finding of this rule does. */
  public Severity severity(Rule rule) {
    return severities.getOrDefault(rule, rule.severity());
  }

  /** The same for all rules. */
  public LintPolicy withAll(Severity severity) {
    return new LintPolicy(
        Arrays.stream(Rule.values()).collect(Collectors.toMap(rule -> rule, rule -> severity)));
  }

  /** No errors, only warnings. */
  public LintPolicy warningsOnly() {
    EnumMap<Rule, Severity> changed = new EnumMap<>(severities);
    changed.replaceAll((rule, severity) -> severity == Severity.ERROR ? Severity.WARNING : severity);
    return new LintPolicy(changed);
  }

  /** Another severity for one rule. */
  public LintPolicy with(Rule rule, Severity severity) {
    EnumMap<Rule, Severity> changed = new EnumMap<>(severities);
    changed.put(rule, severity);
    return new LintPolicy(changed);
  }

  /**
   * Settings as text: {@code off}, {@code warning} or {@code error} for all rules, or {@code rule=severity}, several of
   * them separated by commas.
   *
   * @throws ConfigurationException if it is something else
   */
  public static LintPolicy parse(String text) {
    LintPolicy policy = DEFAULT;
    for (String part : text.split(",", -1)) {
      int equals = part.indexOf('=');
      if (equals < 0) {
        Severity severity = severity(part);
        policy = severity == Severity.WARNING ? policy.warningsOnly() : policy.withAll(severity);
      } else {
        policy = policy.with(rule(part.substring(0, equals)), severity(part.substring(equals + 1)));
      }
    }
    return policy;
  }

  private static Rule rule(String id) {
    return Arrays.stream(Rule.values())
        .filter(each -> each.id().equals(id.strip()))
        .findFirst()
        .orElseThrow(
            () ->
                new ConfigurationException(
                    "lint: there is no rule \"" + id.strip() + "\"; the rules are "
                        + Arrays.stream(Rule.values()).map(Rule::id).collect(Collectors.joining(", "))));
  }

  private static Severity severity(String name) {
    try {
      return Severity.valueOf(name.strip().toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException(
          "lint: \"" + name.strip() + "\" is no severity; write off, warning or error", e);
    }
  }
}
