// Makes the attributes of customers, as all their rows tell them.
#pragma once
#include <memory>
#include <vector>

#include "timeline/entity_builder.h"
#include "timeline/part.h"

namespace cairn::timeline {

/// Made for one part.
class AttributeBuilder {
 public:
  AttributeBuilder(const Schema& schema, const StreamOf& streams);
  ~AttributeBuilder();
  /// Customers [first, last) of another part are the next ones. It must outlive finish().
  void copy(const Part& from, uint32_t first, uint32_t last);
  /// This customer of the streams is the next one.
  void make(uint32_t customer);
  /// The next one is this customer of the streams in what rows told that these bits stand for (Rules::told_by); in the
  /// rest customer `before` of another part.
  void make(uint32_t customer, uint64_t told, const Part& from, uint32_t before);
  /// By the attribute's place in the schema; null where nobody has rows that decide it.
  std::vector<std::shared_ptr<const AttributeColumn>> finish(Words words);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace cairn::timeline
