#include "context_value.h"

#include "shortlist/v1/retrieval.pb.h"

namespace shortlist::tools {

v1::ContextValue MessageOf(const ContextValue& value) {
  v1::ContextValue message;
  if (const auto* number = std::get_if<double>(&value)) message.set_number(*number);
  if (const auto* text = std::get_if<std::string>(&value)) message.set_text(*text);
  if (const auto* texts = std::get_if<std::vector<std::string>>(&value)) {
    message.mutable_texts()->mutable_values()->Assign(texts->begin(), texts->end());
  }
  return message;
}

}  // namespace shortlist::tools
