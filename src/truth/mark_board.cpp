// Two words per symbol behind a seqlock: the price and when the venue made it.
#include "sluice/truth/mark_board.hpp"

#include <utility>

namespace sluice {

mark_board::mark_board(std::shared_ptr<const symbol_directory> directory)
    : directory_(std::move(directory)),
      cells_(std::make_unique<seqlock<2>[]>(directory_->capacity())) {}

bool mark_board::set(const symbol& s, price value, instant as_of) {
  const auto index = directory_->find(s);
  return index && set(*index, value, as_of);
}

bool mark_board::set(symbol_index index, price value, instant as_of) {
  if (index >= directory_->capacity() || value.sign() <= 0)
    return false;
  cells_[index].store({value.raw(), as_of.time_since_epoch().count()});
  return true;
}

std::optional<mark_view> mark_board::read(const symbol& s) const {
  const auto index = directory_->find(s);
  return index ? read(*index) : std::nullopt;
}

std::optional<mark_view> mark_board::read(symbol_index index) const {
  if (index >= directory_->capacity())
    return std::nullopt;
  const auto [value, as_of] = cells_[index].load();
  if (value == 0)
    return std::nullopt;
  return mark_view{price::from_raw(value), instant{duration{as_of}}};
}

}  // namespace sluice
