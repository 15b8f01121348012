// The checker at work. Inside this folder only.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "query/checker.h"
#include "query/overload.h"

namespace cairn::query {

/// What bare names mean where the checker is.
struct Scope {
  enum Place {
    customer,  ///< Outside of any `where`: aggregates stand here, bare names do not.
    row,       ///< Inside `where`: bare names are of one event or entity.
    moment,    ///< A window's end, an `as of`: only times, durations and now().
  };
  Place place = customer;
  const Kind* kind = nullptr;
  const Entity* entity = nullptr;
};

class Checker {
 public:
  Checker(Query query, const Catalogue& catalogue, const CheckOptions& options);

  void expression(bool condition);
  void question();
  bool failed() const { return !problems_.empty(); }
  Problems take_problems();
  Checked take() { return std::move(out_); }

 private:
  /// Nothing where a problem was found below.
  using MaybeType = std::optional<Type>;

  MaybeType node(NodeId id, const Scope& scope);
  MaybeType literal(const Node& n);
  MaybeType name(NodeId id, const Scope& scope);
  MaybeType row_name(NodeId id, const Scope& scope);
  MaybeType attribute(NodeId id);
  MaybeType event_name(NodeId id);
  MaybeType stray_name(NodeId id, const Scope& scope);
  MaybeType apply(NodeId id, const Scope& scope);
  MaybeType aggregate(NodeId id, const Scope& scope);
  MaybeType sequence(NodeId id, const Scope& scope);
  MaybeType segment(NodeId id, const Scope& scope);
  MaybeType mismatch(NodeId id, const std::vector<Argument>& arguments);
  /// The same for two of an operation, where a literal can be written otherwise; false when there is nothing to say.
  bool mend_literal(NodeId id, NodeId other, BaseType mine, BaseType theirs);
  /// A name that stands where text is compared, and is no property: its quotes are missing.
  bool lacks_quotes(NodeId id, const Scope& scope) const;
  bool misspells_bucket(NodeId id, const Scope& scope);
  bool is_property(const std::string& name, const Scope& scope) const;
  /// A problem unless it is true or false. kNoNode is fine.
  void condition(NodeId id, const Scope& scope);
  void window(NodeId id);
  void reversed(const Node& window);
  void note_moment(const Node& apply);
  bool reads_moment(NodeId id) const;

  /// What a subject or step names, and its scope; entity and kind both null when it names nothing.
  Scope subject(NodeId id, bool entities_too);
  void subject_property(NodeId id, const Kind& kind);
  void subject_field(NodeId id, const Entity& entity);
  /// A property of the kind by the last names of a path, from `at`.
  MaybeType property(NodeId id, const Kind& kind, size_t at, TargetKind target);
  MaybeType field(NodeId id, const Entity& entity, size_t at);
  void on(const Node& node, const std::string& on, const std::vector<NodeId>& steps);

  void select_or_values(const Question& q);
  void series(const Question& q);
  void funnel(const Question& q);
  void retention(const Question& q);
  void paths(const Question& q);
  void dimensions(const Question& q, const Scope& scope);
  Scope row_of(NodeId step_or_aggregate) const;

  void depend_on(const Kind& kind) { out_.dependencies.streams.insert(kind.stream); }
  void depend_on(const Entity& entity);
  void depend_on(const Attribute& attribute);

  std::nullopt_t fail(Span span, std::string message, std::string suggestion = "");
  std::nullopt_t fail_name(Span span, std::string what, std::string_view name,
                           const std::vector<std::string_view>& names);
  const Node& at(NodeId id) const { return out_.query.at(id); }
  Target& target(NodeId id) { return out_.targets[id]; }

  const Catalogue& catalogue_;
  const CheckOptions& options_;
  Checked out_;
  Problems problems_;
};

}  // namespace cairn::query
