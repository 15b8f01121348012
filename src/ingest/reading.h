// Requests in Segment's form to deliveries: whose key it is, the calls of a body, what becomes of each. No store, no
// wait.
#pragma once
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "events/calls.h"
#include "events/undeclared.h"
#include "http/request.h"
#include "ingest/model.h"
#include "ingest/rules.h"
#include "ingest/sources.h"
#include "json/reader.h"

namespace cairn::ingest {

/// A body may have so many bytes, as decoded; a larger one is refused (400): the SDKs send less.
inline constexpr size_t kBodyBytesMax = 4 * 1024 * 1024;

/// The key of a request: `Authorization: Basic base64("KEY:")` (the colon may lack), `Bearer KEY`, else empty.
std::string key_of_header(const http::Request& request);

/// Holds buffers and caches; one thread's. Readers come from Readers below.
class RequestReader {
 public:
  RequestReader(const Sources& sources, const Rules& rules, events::Undeclared& undeclared);

  /// `type`: of the address (`track`), or empty for a batch. Calls that cannot become events are in `refused`.
  /// Errors: unauthenticated for an unknown key; invalid when the body is no JSON object or has no list `batch`. After
  /// an error key() tells the key that was given, if any.
  Result<Delivery> read(const http::Request& request, std::string_view type);
  /// A call that was refused before (RefusedCall::body), as if it had come at `received_at`.
  Result<Delivery> read_again(const Source& source, std::string_view body, Time received_at);
  const std::string& key() const { return key_; }

 private:
  struct Frame;
  void forget_old_names();
  Result<std::shared_ptr<const Source>> source_of(const http::Request& request, const json::Object& body);
  void add_call(const json::Value& call, const Frame& frame, Delivery& delivery);
  void refuse(const json::Value& call, const Frame& frame, const Error& why, Delivery& delivery);

  const Sources& sources_;
  const Rules& rules_;
  events::Undeclared& undeclared_;
  json::Reader json_;
  events::CallReader calls_;
  std::vector<events::NewName> names_;  ///< Of the call at hand, that nothing knows.
  uint64_t generation_ = 0;             ///< Of the undeclared names.
  std::string key_;
};

/// Readers for as many threads as read at once.
class Readers {
 public:
  Readers(const Sources& sources, const Rules& rules, events::Undeclared& undeclared)
      : sources_(sources), rules_(rules), undeclared_(undeclared) {}

  /// Gives its reader back when it goes. REQUIRES: it goes before the Readers.
  class Lease {
   public:
    Lease(Readers& readers, std::unique_ptr<RequestReader> reader) : readers_(&readers), reader_(std::move(reader)) {}
    Lease(Lease&&) noexcept = default;
    ~Lease();
    RequestReader* operator->() { return reader_.get(); }

   private:
    Readers* readers_;
    std::unique_ptr<RequestReader> reader_;
  };
  Lease take();

 private:
  const Sources& sources_;
  const Rules& rules_;
  events::Undeclared& undeclared_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<RequestReader>> free_;  // guarded by mutex_
};

}  // namespace cairn::ingest
