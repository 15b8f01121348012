#include "app/restore.h"

#include <cstdio>

#include "app/instance.h"

namespace cairn::app {
namespace {

constexpr size_t kBlock = 1 << 20;

Result<void> copy(Files& files, const std::string& from, const std::string& to) {
  auto in = TRY(files.open(from, Open::read));
  auto out = TRY(files.open(to, Open::truncate));
  std::string block(kBlock, '\0');
  for (uint64_t at = 0;;) {
    size_t n = TRY(in->read_at(at, block));
    if (n == 0) break;
    TRY(out->append(std::string_view(block).substr(0, n)));
    at += n;
  }
  return out->sync();
}

Result<int64_t> try_it(World& world, const std::string& directory) {
  auto instance = TRY(Instance::open(world, {directory, "", false}));
  return instance->log().last().value;
}

}  // namespace

Result<void> restore(World& world, const std::string& backup, const std::string& directory) {
  Files& files = world.files;
  if (files.exists(directory))
    return fail(Code::conflict, "{} is there already; restore into a new directory, then put it in the old one's place",
                directory);
  if (!files.exists(backup)) return fail(Code::not_found, "{}: there is no such backup", backup);
  TRY(files.make_directory(directory));
  auto done = copy(files, backup, join_path(directory, "cairn.db"));
  Result<int64_t> last = done ? try_it(world, directory) : tl::unexpected(done.error());
  if (!last) {
    (void)files.remove_all(directory);
    return tl::unexpected(std::move(last).error());
  }
  fmt::print("restored {} up to event {}\n", directory, *last);
  return {};
}

}  // namespace cairn::app
