#include "http/gzip.h"

#include <zlib.h>

#include <algorithm>

#include "base/check.h"

namespace cairn::http {
namespace {

constexpr int kGzipWindow = 15 + 16;  // zlib: the largest window, plus 16 for the gzip wrapper
constexpr size_t kStep = 64 * 1024;

/// Inflates until the end of a member. Leaves `stream` at the byte after it.
Result<void> inflate_member(z_stream& stream, std::string& out, size_t bytes_max) {
  for (;;) {
    size_t before = out.size();
    // One byte more than allowed tells "exactly full" from "too much".
    size_t room = std::min(kStep, bytes_max + 1 - before);
    out.resize(before + room);
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + before);
    stream.avail_out = static_cast<uInt>(room);
    int outcome = ::inflate(&stream, Z_NO_FLUSH);
    out.resize(before + room - stream.avail_out);
    if (out.size() > bytes_max)
      return fail(Code::too_large, "the body is more than {} bytes when unpacked; send it in parts", bytes_max);
    if (outcome == Z_STREAM_END) return {};
    if (outcome != Z_OK || (stream.avail_in == 0 && stream.avail_out > 0))
      return fail(Code::invalid, "the body says Content-Encoding: gzip, but it is not a whole gzip stream");
  }
}

}  // namespace

std::string gzip(std::string_view bytes) {
  z_stream stream{};
  CHECK(::deflateInit2(&stream, 5, Z_DEFLATED, kGzipWindow, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(::deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  CHECK(::deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  ::deflateEnd(&stream);
  return out;
}

Result<std::string> gunzip(std::string_view bytes, size_t bytes_max) {
  z_stream stream{};
  CHECK(::inflateInit2(&stream, kGzipWindow) == Z_OK);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  std::string out;
  Result<void> done = inflate_member(stream, out, bytes_max);
  // RFC 1952: members may follow one another, as `cat a.gz b.gz` makes them.
  while (done && stream.avail_in > 0) {
    ::inflateReset(&stream);
    done = inflate_member(stream, out, bytes_max);
  }
  ::inflateEnd(&stream);
  if (!done) return tl::unexpected(std::move(done).error());
  return out;
}

}  // namespace cairn::http
