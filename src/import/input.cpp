#include "import/input.h"

#include <algorithm>
#include <cstring>

#include "base/check.h"
#include "base/text.h"

namespace cairn::import {
namespace {

constexpr std::string_view kMark = "\xEF\xBB\xBF";

class TextFile final : public File {
 public:
  explicit TextFile(std::string text) : text_(std::move(text)) {}
  Result<size_t> read_at(uint64_t offset, std::span<char> out) override {
    if (offset >= text_.size()) return size_t{0};
    size_t n = std::min(out.size(), text_.size() - static_cast<size_t>(offset));
    std::memcpy(out.data(), text_.data() + offset, n);
    return n;
  }
  Result<void> write_at(uint64_t, std::string_view) override { return read_only(); }
  Result<void> append(std::string_view) override { return read_only(); }
  Result<void> truncate(uint64_t) override { return read_only(); }
  Result<void> sync() override { return {}; }
  Result<uint64_t> size() override { return text_.size(); }

 private:
  static Result<void> read_only() { return fail(Code::forbidden, "this text can only be read"); }
  std::string text_;
};

}  // namespace

std::shared_ptr<File> text_file(std::string text) { return std::make_shared<TextFile>(std::move(text)); }

Input::Input(std::shared_ptr<File> file, size_t block) : file_(std::move(file)), block_(block) { CHECK(block > 0); }

Input Input::of(std::string text, size_t block) { return Input(text_file(std::move(text)), block); }

void Input::consume(size_t n) {
  CHECK(n <= end_ - begin_, "{} of {}", n, end_ - begin_);
  begin_ += n;
  position_ += n;
}

Result<bool> Input::more() {
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  // Grown by doubling, so that a long row is copied a few times only.
  if (buffer_.size() < end_ + block_) buffer_.resize(std::max(end_ + block_, 2 * end_));
  size_t n = TRY(file_->read_at(position_ + end_, std::span(buffer_.data() + end_, buffer_.size() - end_)));
  end_ += n;
  if (!started_) {
    started_ = true;
    while (n > 0 && end_ < kMark.size()) {  // a block smaller than the mark
      buffer_.resize(kMark.size());
      n = TRY(file_->read_at(end_, std::span(buffer_.data() + end_, kMark.size() - end_)));
      end_ += n;
    }
    if (window().starts_with(kMark)) consume(kMark.size());
    if (window().empty()) return end_ > 0 ? more() : false;
    return true;
  }
  return n > 0;
}

Result<void> check_is_text(const std::string& path, std::string_view head) {
  if (head.starts_with(kMark)) head.remove_prefix(kMark.size());
  if (trim(head).empty()) return fail(Code::invalid, "{}: this file is empty", path);
  if (head.starts_with("\x1F\x8B") || head.starts_with("PK\x03\x04") || head.starts_with("\x28\xB5\x2F\xFD"))
    return fail(Code::invalid, "{}: this file is compressed or a spreadsheet; unpack it, or save it as CSV", path);
  if (head.starts_with("\xFF\xFE") || head.starts_with("\xFE\xFF"))
    return fail(Code::invalid, "{}: this file is UTF-16; save it as UTF-8", path);
  if (head.find('\0') != head.npos)
    return fail(Code::invalid, "{}: this is a binary file; text is needed (CSV, or JSON one object a line)", path);
  return {};
}

}  // namespace cairn::import
