// One line of the live view: what is copied of an event on the writer's thread, and its JSON, made later.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "events/log.h"
#include "ingest/model.h"

namespace cairn::ingest {

/// What is copied of an event that came, or of a call that was refused (`body` set).
struct LiveDetail {
  int64_t id = 0;
  Time at;
  SourceId source;
  std::string library;
  std::string kind, message_id;
  std::vector<events::Identifier> identifiers;
  events::Fate fate = events::Fate::refused;
  std::string reason, field;
  uint32_t flags = 0;
  Seq seq;
  std::string properties;  ///< Empty when there are too many to be copied.
  std::string body;
  bool is_cut = false;
};

LiveDetail detail_of(const Delivery& delivery, size_t event, const events::Outcome& outcome);
LiveDetail detail_of(const Delivery& delivery, const RefusedCall& call);

/// As the live view's JSON, for those who may see customers and for those who may not.
struct LiveTexts {
  std::string full, masked;
};
LiveTexts texts_of(const LiveDetail& detail, std::string_view source_name);

/// What stands in place of personal data.
inline constexpr std::string_view kMask = "•••";
/// A message with what it quotes masked: `'x@y.z' is no time` → `'•••' is no time`.
std::string mask_quotes(std::string_view text);

}  // namespace cairn::ingest
