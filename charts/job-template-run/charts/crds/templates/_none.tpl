{{- /* Helm's lint wants this folder. */}}
