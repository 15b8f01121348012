// Makes a part out of rows that came and of customers of other parts. Loading, appending, folding, removing, moving:
// all of them are this.
#pragma once
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "timeline/batch.h"
#include "timeline/version.h"

namespace cairn::timeline {

/// One row of a source, on its way to a customer.
struct RowRef {
  int64_t at = 0;
  int64_t seq = 0;
  int64_t origin = 0;  ///< The customer in the log.
  uint32_t source = 0;
  uint32_t row = 0;  ///< In the source's stream of its kind.
  KindIndex kind = 0;
};

class PartBuilder {
 public:
  PartBuilder(const Schema& schema, int shard, Words words = Words::shared);
  ~PartBuilder();

  // Sources; they must outlive finish().

  /// The batch is spent. Returns its number, as in RowRef::source.
  uint32_t add_source(Batch& batch);
  /// Appends all rows of a customer of a part. Error corrupt.
  Result<void> collect(const Part& part, uint32_t customer, std::vector<RowRef>& out);
  /// Appends all rows of a batch that is a source, with the customers whose they are.
  struct Owned {
    CustomerId customer;
    RowRef row;
  };
  void collect(uint32_t source, std::vector<Owned>& out) const;

  // Customers, ascending by id over all three.

  /// Customers [first, last) of a part as they are, entities and attributes too. Error corrupt.
  Result<void> copy(const Part& part, uint32_t first, uint32_t last);
  /// A customer with these rows, in any order; a seq that is there twice counts once. Without rows as let_go.
  void make(CustomerId id, std::span<RowRef> rows);
  /// A customer of a part with what a batch has besides. What the new rows tell nothing of is copied. Error corrupt.
  Result<void> extend(const Place& place, std::span<RowRef> added);
  /// A customer who has no row any more.
  void let_go(CustomerId id);

  std::shared_ptr<const Part> finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// One part of the customers that count in all the parts of a shard, the oldest first. With words of its own there is
/// nothing in it of what others said. Error corrupt.
Result<std::shared_ptr<const Part>> merge(const Schema& schema, int shard,
                                          const std::vector<std::shared_ptr<const Part>>& parts,
                                          Words words = Words::own);

/// Customers who are made anew: with all their rows (without any they are gone), or with rows of a batch besides what
/// they have.
struct Change {
  std::vector<RowRef> rows;
  std::optional<Place> besides;
};
using Remade = std::map<CustomerId, Change>;
/// Puts these customers into the newest part of a shard, in place of what the parts say of them. The builder has their
/// sources. When there are several already, it takes in as many of the newest as are not much larger: so there are few,
/// and a row is copied as often as the logarithm of how many came. Error corrupt.
Result<void> remake(PartBuilder& builder, Remade& customers, std::vector<std::shared_ptr<const Part>>& parts);

}  // namespace cairn::timeline
