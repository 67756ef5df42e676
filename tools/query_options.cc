#include "query_options.h"

#include <charconv>
#include <utility>

#include <CLI/CLI.hpp>

namespace shortlist::tools {
namespace {

// A value that reads as a number is a number.
std::pair<std::string, ContextValue> ParseContext(const std::string& entry) {
  const std::size_t equals = entry.find('=');
  if (equals == std::string::npos || equals == 0) {
    throw CLI::ValidationError("--context", "expected name=value, found '" + entry + "'");
  }
  const std::string text = entry.substr(equals + 1);
  double number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_number = failure == std::errc{} && end == text.data() + text.size();
  return {entry.substr(0, equals), is_number ? ContextValue(number) : ContextValue(text)};
}

RecommendQuery MakeRecommendQuery(const QueryOptions& options) {
  RecommendQuery query;
  query.user_id = options.user;
  for (const std::string& item : options.history) query.history.push_back({item, 0});
  for (const std::string& entry : options.context) query.context.insert(ParseContext(entry));
  query.k = options.k;
  query.exclude_item_ids = options.exclude;
  query.where = options.where;
  query.only_item_ids = options.only;
  if (options.allow_seen) query.seen = Seen::kAllow;
  if (options.mask_seen) query.seen = Seen::kMask;
  query.return_history = options.show_history;
  return query;
}

// Whom or what the query is about.
CLI::Option* AddSubject(CLI::App& command, QueryOptions& options) {
  CLI::Option* user = command.add_option("--user", options.user, "Recommend to this shopper.");
  CLI::Option* history = command
                             .add_option("--history", options.history,
                                         "Recommend to a shopper with these items as (further) history, oldest first, "
                                         "separated by commas.")
                             ->delimiter(',');
  CLI::Option* item = command.add_option("--similar-item", options.similar_item, "Find items like this one.");
  CLI::Option* like = command.add_option("--similar-user", options.similar_user, "Find shoppers like this one.");
  item->excludes(user, history, like);
  like->excludes(user, history);
  return like;
}

// Which items may be in the answer.
void AddFilter(CLI::App& command, QueryOptions& options, CLI::Option* similar_user) {
  command.add_option("--exclude", options.exclude, "Ids that must not be in the answer, separated by commas.")
      ->delimiter(',');
  command.add_option("--only", options.only, "Ids of which the answer must be, separated by commas.")
      ->delimiter(',')
      ->excludes(similar_user);
  command
      .add_option(
          "--where", options.where,
          "Which items may be in the answer: comparisons of attributes (=, !=, <, <=, >, >=, in (...), exists), "
          "joined by and, or and not.")
      ->excludes(similar_user);
  CLI::Option* allow =
      command.add_flag("--allow-seen", options.allow_seen, "Items of the history may be in the answer.");
  command.add_flag("--mask-seen", options.mask_seen, "They may not; default: as the server is configured.")
      ->excludes(allow);
}

}  // namespace

void AddQueryOptions(CLI::App& command, QueryOptions& options) {
  command.add_option("--address", options.address, "Host and port of the server.")->capture_default_str();
  CLI::Option* similar_user = AddSubject(command, options);
  command.add_option("-k", options.k, "Length of the answer.")->capture_default_str();
  AddFilter(command, options, similar_user);
  command.add_option("--context", options.context, "name=value known at the time of asking; may be repeated.");
  command.add_option("--show-history", options.show_history, "Most recent events of the history to show.")
      ->capture_default_str();
}

QueryCommand MakeQuery(const QueryOptions& options) {
  const bool asked = options.user || !options.history.empty() || options.similar_item || options.similar_user;
  if (!asked) throw CLI::RequiredError("one of --user, --history, --similar-item and --similar-user");
  QueryCommand command{options.address, {}, {}, {}};
  if (options.similar_item) {
    command.query = SimilarItems{{*options.similar_item, options.k, options.exclude, options.where, options.only}};
  } else if (options.similar_user) {
    command.query = SimilarUsers{{*options.similar_user, options.k, options.exclude, {}, {}}};
  } else {
    command.query = MakeRecommendQuery(options);
  }
  return command;
}

}  // namespace shortlist::tools
