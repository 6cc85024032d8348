/// What a shell reads to complete the words of the program when it is called by its own name. `kubectl run-template` needs
/// none: kubectl's own completion asks the program `kubectl_complete-run_template`.
enum CompletionScript: String, CaseIterable {
    case bash, zsh, fish

    /// The script.
    var text: String {
        switch self {
        case .bash: Self.bashText
        case .zsh: Self.zshText
        case .fish: Self.fishText
        }
    }

    private static let bashText = #"""
        # bash completion of kubectl-run_template; read it with: source <(kubectl-run_template completion bash)
        _kubectl_run_template() {
            local words=() word last="" glue="" i
            # bash divides words at "=", the program does not.
            for ((i = 1; i <= COMP_CWORD; i++)); do
                word=${COMP_WORDS[i]}
                if [[ $word == "=" || -n $glue ]] && ((${#words[@]} > 0)); then
                    words[${#words[@]}-1]+=$word
                    glue=""
                else
                    words+=("$word")
                fi
                [[ ${COMP_WORDS[i]} == "=" ]] && glue=yes
            done
            ((${#words[@]} > 0)) && last=${words[${#words[@]}-1]}
            local current=${COMP_WORDS[COMP_CWORD]}
            [[ $current == "=" ]] && current=""
            local answer directive line value
            answer=$("${COMP_WORDS[0]}" __complete "${words[@]}" 2>/dev/null) || return
            directive=${answer##*:}
            COMPREPLY=()
            while IFS= read -r line; do
                value=${line%%$'\t'*}
                [[ -n $value && $line != ":$directive" ]] && COMPREPLY+=("${value#"${last%"$current"}"}")
            done <<<"$answer"
            ((directive & 2)) && compopt -o nospace
            ((directive & 4)) || { ((${#COMPREPLY[@]})) || compopt -o default; }
        }
        complete -F _kubectl_run_template kubectl-run_template

        """#

    private static let zshText = #"""
        #compdef kubectl-run_template
        # zsh completion of kubectl-run_template; read it with: source <(kubectl-run_template completion zsh)
        _kubectl_run_template() {
            local answer directive line value help
            local -a described more
            answer=$("${words[1]}" __complete "${(@Q)words[2,CURRENT]}" 2>/dev/null) || return 1
            directive=${answer##*:}
            for line in "${(@f)${answer%:*}}"; do
                [[ -z $line ]] && continue
                value=${line%%$'\t'*}
                help=${line#"$value"}
                described+=("${value//:/\\:}:${help#$'\t'}")
            done
            [[ ${words[CURRENT]} == --*=* ]] && compset -P '*='
            (( directive & 2 )) && more=(-S '')
            if (( ${#described} )); then
                _describe 'kubectl-run_template' described "${more[@]}"
            elif (( ! (directive & 4) )); then
                _files
            fi
        }
        compdef _kubectl_run_template kubectl-run_template

        """#

    private static let fishText = #"""
        # fish completion of kubectl-run_template; read it with: kubectl-run_template completion fish | source
        function __kubectl_run_template_complete
            set -l before (commandline -opc)
            set -l current (commandline -ct)
            set -l answer ($before[1] __complete $before[2..] "$current" 2>/dev/null)
            set -l prefix (string match -r -- '^--[^=]+=' "$current")
            set -l directive (string sub -s 2 -- $answer[-1])
            for line in $answer[1..-2]
                # In quotes, as no prefix would make no words at all.
                echo -- "$prefix$line"
            end
            if test (count $answer) -eq 1; and test (math "bitand($directive, 4)") -eq 0
                __fish_complete_path "$current"
            end
        end
        complete -c kubectl-run_template -f -a '(__kubectl_run_template_complete)'

        """#
}
