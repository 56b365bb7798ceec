// Which frames of two overlapping connections pass, wait or are dropped.
#include "sluice/exchange/overlap_merge.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace sluice::exchange {

bool overlap_merge::forget_passed(const std::string& frame) {
  const auto at = passed_.find(frame);
  if (at == passed_.end())
    return false;
  if (--at->second == 0)
    passed_.erase(at);
  ++dropped_;
  return true;
}

void overlap_merge::remember_passed(std::string frame) {
  ++passed_[frame];
  passed_bytes_ += frame.size();
  passed_order_.push_back(std::move(frame));
  while (passed_order_.size() > frames_max || passed_bytes_ > bytes_max) {
    const auto oldest = passed_.find(passed_order_.front());
    if (oldest != passed_.end() && --oldest->second == 0)
      passed_.erase(oldest);
    passed_bytes_ -= passed_order_.front().size();
    passed_order_.pop_front();
  }
}

overlap_merge::frames overlap_merge::from_old(frames arrived) {
  for (const auto& frame : arrived) {
    const auto twin = std::find(held_.begin(), held_.end(), frame);
    if (twin == held_.end()) {
      remember_passed(frame);
      continue;
    }
    held_bytes_ -= twin->size();
    held_.erase(twin);
    ++dropped_;
  }
  return arrived;
}

overlap_merge::frames overlap_merge::from_new(frames arrived) {
  frames fresh;
  for (auto& frame : arrived)
    if (!forget_passed(frame))
      fresh.push_back(std::move(frame));
  if (finished_)
    return fresh;
  for (auto& frame : fresh) {
    held_bytes_ += frame.size();
    held_.push_back(std::move(frame));
  }
  return {};
}

overlap_merge::frames overlap_merge::finish() {
  finished_ = true;
  frames rest(std::make_move_iterator(held_.begin()), std::make_move_iterator(held_.end()));
  held_.clear();
  held_bytes_ = 0;
  return rest;
}

}  // namespace sluice::exchange
