// Folds rows into entities and makes an entity stream of them. The rules are those of query/entities.h.
#pragma once
#include <functional>
#include <memory>
#include <optional>

#include "timeline/gather.h"
#include "timeline/part.h"

namespace cairn::timeline {

/// The stream of a kind, or null.
using StreamOf = std::function<const Stream*(KindIndex)>;

/// Made for one part and one entity.
class EntityBuilder {
 public:
  EntityBuilder(const Schema& schema, size_t entity, const StreamOf& streams);
  ~EntityBuilder();

  /// Whether one of the streams that feed it is there; when none is, folding finds nothing.
  bool reads_any() const;
  /// The entities of customers [first, last) as another part has them; null: none. These are the next customers. The
  /// part must outlive finish().
  void copy(const EntityStream* from, uint32_t first, uint32_t last);
  /// Folds the rows of a customer of the streams, those alone that are seen as of a moment when one is given. This is
  /// the next customer.
  void fold(uint32_t customer, std::optional<AsOf> as_of = {});
  /// Null when nobody has any.
  std::shared_ptr<const EntityStream> finish(Words words = Words::own);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace cairn::timeline
