// JSON texts read one after another into the same memory: for request bodies, by the thousand a second.
#pragma once
#include <memory>

#include "json/value.h"

namespace cairn::json {

/// One thread's.
class Reader {
 public:
  /// `bytes`: of memory that is kept from one text to the next; more is taken when needed and given back by clear().
  explicit Reader(size_t bytes = 512 * 1024, ParseLimits limits = {});
  ~Reader();
  /// As json::parse. The value, and views into it, live until the next call of read or clear.
  Result<const Value*> read(std::string_view text);
  void clear();

 private:
  struct Memory;
  std::unique_ptr<Memory> memory_;
};

}  // namespace cairn::json
