// Random queries that are valid against a catalogue, and random logs for them to be asked of: the same for the same
// seed. Whoever holds an evaluator against the judge draws from here.
#pragma once
#include <string>
#include <vector>

#include "base/random.h"
#include "judge/judge.h"

namespace cairn::judge {

/// What random queries speak of, and what random logs hold. Everything named must be in the catalogue.
struct Vocabulary {
  const query::Catalogue* catalogue = nullptr;
  Currency currency;
  std::vector<std::string> streams;
  std::vector<std::string> entities;
  std::vector<std::string> properties;  ///< Of any stream; others are not used.
  std::vector<std::string> attributes;  ///< `customer.country`
  std::vector<std::string> texts;       ///< What text properties hold.
  std::vector<std::string> segments;
  std::vector<std::string> event_streams;  ///< Of the event at hand; empty: there is none.
  Time from, to;                           ///< Where events lie.
};
/// The declared catalogue with an undeclared property (`order_completed.tip`), a shop's kinds, two months.
/// REQUIRES that the catalogue lives as long as the vocabulary.
Vocabulary shop_vocabulary(const query::Catalogue& catalogue);
query::Catalogue shop_catalogue();

class RandomQuery {
 public:
  RandomQuery(Random& random, const Vocabulary& words, int depth = 4) : random_(random), words_(words), most_(depth) {}

  /// True or false.
  query::Query condition();
  /// Of any type.
  query::Query expression();
  query::Query question();

 private:
  using NodeId = query::NodeId;
  using BaseType = query::BaseType;
  /// Where the names come from: the stream or entity of a `where`, empty outside of one.
  struct Scope {
    std::string stream, entity;
    bool row() const { return !stream.empty() || !entity.empty(); }
  };
  struct Named {
    std::vector<std::string> path;
    query::Type type;
  };

  NodeId any(const Scope& scope, int depth);
  NodeId of(BaseType type, const Scope& scope, int depth);
  NodeId number(const Scope& scope, int depth);
  NodeId money(const Scope& scope, int depth);
  NodeId text(const Scope& scope, int depth);
  NodeId truth(const Scope& scope, int depth);
  NodeId time(const Scope& scope, int depth);
  NodeId duration(const Scope& scope, int depth);
  NodeId literal(BaseType type);
  NodeId name(BaseType type, const Scope& scope, int depth);
  NodeId comparison(const Scope& scope, int depth);
  NodeId containing(const Scope& scope, int depth);
  NodeId aggregate(query::Word word, BaseType property, int depth);
  NodeId row_aggregate(query::Word word, int depth);
  NodeId sequence(query::Word word, int depth);
  NodeId window();
  NodeId bound();
  NodeId step(int depth);
  NodeId choice(BaseType type, const Scope& scope, int depth);

  std::vector<Named> names(const Scope& scope) const;
  std::vector<Named> names_of(BaseType type, const Scope& scope) const;
  Scope subject();
  void series(query::Question& q);
  void funnel(query::Question& q);
  void retention(query::Question& q);
  void paths(query::Question& q);
  std::vector<query::Dimension> dimensions(const Scope& scope);

  template <class T>
  const T& pick(const std::vector<T>& from) {
    return from[random_.below(from.size())];
  }
  NodeId apply(query::Word word, std::vector<NodeId> children) { return query_.apply(word, std::move(children)); }
  Duration span();

  Random& random_;
  const Vocabulary& words_;
  int most_;
  query::Query query_;
};

struct LogOptions {
  int customers = 1;
  int events = 30;    ///< Of each customer, at most.
  bool late = true;   ///< Some are known later than they occurred, and two sources tell of some.
  bool ahead = true;  ///< Some lie after `to`.
};
/// Rows of all customers by seq. Times tie, values are missing, of the wrong type or in another currency now and then.
std::vector<Row> random_log(Random& random, const Vocabulary& words, const LogOptions& options = {});

}  // namespace cairn::judge
